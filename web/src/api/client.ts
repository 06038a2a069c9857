import { checkpointMetadataUrl, imageMetadataUrl } from './paths'
import { ApiError, isAbort, problemOf, unreachable } from './problem'
import { readJob, readJobs, readSamplePreset, readSamplePresets, readWorkflow } from './seeds'
import type {
  CheckpointMetadata,
  ComfyUIStatus,
  Image,
  ImageMetadata,
  ModelType,
  NewSampleJob,
  Preset,
  PresetInput,
  SampleJob,
  SampleJobPreview,
  SamplePreset,
  SamplePresetInput,
  Scan,
  Settings,
  TrainingRun,
  Workflow,
  WorkflowDetails,
} from './types'

interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  body?: unknown
  signal?: AbortSignal | undefined
}

/** Throws ApiError, or AbortError when `signal` aborted the call. */
async function call(url: string, { method = 'GET', body, signal }: Call): Promise<Response> {
  const request: RequestInit = { method, headers: { Accept: 'application/json' } }
  if (signal) request.signal = signal
  if (body !== undefined) {
    request.body = JSON.stringify(body)
    request.headers = { Accept: 'application/json', 'Content-Type': 'application/json' }
  }
  let response: Response
  try {
    response = await fetch(url, request)
  } catch (thrown) {
    if (isAbort(thrown)) throw thrown
    throw unreachable()
  }
  if (!response.ok) throw await problemOf(response)
  return response
}

function json<Answer>(url: string, options: Call = {}): Promise<Answer> {
  return answer(url, options, (text) => JSON.parse(text) as Answer)
}

/** `parse` throws when the text is not what it should be. */
async function answer<Answer>(url: string, options: Call, parse: (text: string) => Answer): Promise<Answer> {
  return read(await call(url, options), parse)
}

async function read<Answer>(response: Response, parse: (text: string) => Answer): Promise<Answer> {
  try {
    return parse(await response.text())
  } catch (thrown) {
    if (isAbort(thrown)) throw thrown
    throw new ApiError(response.status, 'unexpected_answer', 'The answer of the server broke off.')
  }
}

export const api = {
  settings: (signal?: AbortSignal) => json<Settings>('/api/settings', { signal }),

  trainingRuns: (options: { refresh: boolean; signal?: AbortSignal }) =>
    json<TrainingRun[]>(`/api/training-runs${options.refresh ? '?refresh=1' : ''}`, {
      signal: options.signal,
    }),

  /** `known`: the ETag of what the caller has already; if that is still so, there is no `scan` in the answer. */
  scan: async (
    trainingRunId: string,
    options: { refresh: boolean; known?: string | undefined; signal?: AbortSignal },
  ): Promise<{ etag: string; scan: Scan | undefined }> => {
    const url = `/api/training-runs/${encodeURIComponent(trainingRunId)}/scan${options.refresh ? '?refresh=1' : ''}`
    const response = await call(url, { signal: options.signal })
    const etag = response.headers.get('etag') ?? ''
    if (etag !== '' && etag === options.known) {
      await response.body?.cancel()
      return { etag, scan: undefined }
    }
    return { etag, scan: await read(response, (text) => JSON.parse(text) as Scan) }
  },

  imageMetadata: (image: Image, signal?: AbortSignal) =>
    json<ImageMetadata>(imageMetadataUrl(image), { signal }),

  checkpointMetadata: (filename: string, trainingRunId: string, signal?: AbortSignal) =>
    json<CheckpointMetadata>(checkpointMetadataUrl(filename, trainingRunId), { signal }),

  presets: (signal?: AbortSignal) => json<Preset[]>('/api/presets', { signal }),

  createPreset: (preset: PresetInput) =>
    json<Preset>('/api/presets', { method: 'POST', body: preset }),

  updatePreset: (id: string, preset: PresetInput) =>
    json<Preset>(`/api/presets/${encodeURIComponent(id)}`, { method: 'PUT', body: preset }),

  deletePreset: async (id: string): Promise<void> => {
    await call(`/api/presets/${encodeURIComponent(id)}`, { method: 'DELETE' })
  },

  comfyuiStatus: (signal?: AbortSignal) => json<ComfyUIStatus>('/api/comfyui/status', { signal }),

  /** `workflow`: the list of its own node. */
  comfyuiModels: (type: ModelType, options: { refresh: boolean; workflow?: string; signal?: AbortSignal }) => {
    const query = new URLSearchParams({
      type,
      ...(options.workflow !== undefined && { workflow: options.workflow }),
      ...(options.refresh && { refresh: '1' }),
    })
    return json<{ models: string[] }>(`/api/comfyui/models?${query}`, { signal: options.signal })
  },

  workflows: (signal?: AbortSignal) => json<Workflow[]>('/api/workflows', { signal }),

  /** `tagged`: with the text of a copy that has the proposed roles. */
  workflow: (name: string, options: { tagged: boolean; signal?: AbortSignal }): Promise<WorkflowDetails> =>
    answer(
      `/api/workflows/${encodeURIComponent(name)}${options.tagged ? '?tagged=1' : ''}`,
      { signal: options.signal },
      readWorkflow,
    ),

  samplePresets: (signal?: AbortSignal): Promise<SamplePreset[]> =>
    answer('/api/sample-presets', { signal }, readSamplePresets),

  createSamplePreset: (preset: SamplePresetInput): Promise<SamplePreset> =>
    answer('/api/sample-presets', { method: 'POST', body: preset }, readSamplePreset),

  updateSamplePreset: (id: string, preset: SamplePresetInput): Promise<SamplePreset> =>
    answer(`/api/sample-presets/${encodeURIComponent(id)}`, { method: 'PUT', body: preset }, readSamplePreset),

  deleteSamplePreset: async (id: string): Promise<void> => {
    await call(`/api/sample-presets/${encodeURIComponent(id)}`, { method: 'DELETE' })
  },

  previewSampleJob: (job: NewSampleJob, options: { refresh: boolean; signal?: AbortSignal }) =>
    json<SampleJobPreview>(`/api/sample-jobs/preview${options.refresh ? '?refresh=1' : ''}`, {
      method: 'POST',
      body: job,
      signal: options.signal,
    }),

  createSampleJob: (job: NewSampleJob): Promise<SampleJob> =>
    answer('/api/sample-jobs', { method: 'POST', body: job }, readJob),

  sampleJobs: (signal?: AbortSignal): Promise<SampleJob[]> => answer('/api/sample-jobs', { signal }, readJobs),

  changeSampleJob: (id: string, action: 'stop' | 'resume' | 'retry-failed'): Promise<SampleJob> =>
    answer(`/api/sample-jobs/${encodeURIComponent(id)}/${action}`, { method: 'POST' }, readJob),

  deleteSampleJob: async (id: string): Promise<void> => {
    await call(`/api/sample-jobs/${encodeURIComponent(id)}`, { method: 'DELETE' })
  },
}
