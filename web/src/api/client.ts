import { checkpointMetadataUrl, imageMetadataUrl } from './paths'
import { ApiError, isAbort, problemOf, unreachable } from './problem'
import type {
  CheckpointMetadata,
  Image,
  ImageMetadata,
  Preset,
  PresetInput,
  Scan,
  Settings,
  TrainingRun,
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

async function json<Answer>(url: string, options: Call = {}): Promise<Answer> {
  const response = await call(url, options)
  try {
    return (await response.json()) as Answer
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

  scan: (trainingRunId: string, options: { refresh: boolean; signal?: AbortSignal }) =>
    json<Scan>(
      `/api/training-runs/${encodeURIComponent(trainingRunId)}/scan${options.refresh ? '?refresh=1' : ''}`,
      { signal: options.signal },
    ),

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
}
