// How an image was made, read from the text inside it.

import { isRecord, parseJson } from './json'

export interface GenerationFact {
  readonly label: string
  readonly value: string
}

export interface Generation {
  /** What a person asks first, in reading order: prompts, seed, steps, cfg, sampler, … */
  readonly facts: readonly GenerationFact[]
}

interface Node {
  readonly classType: string
  readonly inputs: Readonly<Record<string, unknown>>
}

type Graph = ReadonlyMap<string, Node>

function readGraph(prompt: string): Graph {
  const parsed = parseJson(prompt)
  const graph = new Map<string, Node>()
  if (!isRecord(parsed)) return graph
  for (const [id, node] of Object.entries(parsed)) {
    if (isRecord(node) && typeof node.class_type === 'string' && isRecord(node.inputs)) {
      graph.set(id, { classType: node.class_type, inputs: node.inputs })
    }
  }
  return graph
}

/** The node that an input is linked to; a link is `[node id, output]`. */
function linked(graph: Graph, input: unknown): Node | undefined {
  if (!Array.isArray(input) || input.length !== 2) return undefined
  const id: unknown = input[0]
  return typeof id === 'string' || typeof id === 'number' ? graph.get(String(id)) : undefined
}

const FOLLOW_LIMIT = 32

/** A plain value, followed through nodes that only hold it (primitives). */
function literal(graph: Graph, input: unknown, limit = FOLLOW_LIMIT): string | undefined {
  if (typeof input === 'string' || typeof input === 'number') return String(input)
  const node = linked(graph, input)
  if (!node || limit === 0) return undefined
  for (const name of ['value', 'text', 'string', 'int', 'float', 'seed', 'noise_seed']) {
    const found = literal(graph, node.inputs[name], limit - 1)
    if (found !== undefined) return found
  }
  return undefined
}

const TEXT_INPUTS = ['text', 'prompt', 'text_g', 'text_l', 'clip_l', 't5xxl'] as const

/** The texts that end up in a conditioning, nearest first, each once. */
function promptTexts(graph: Graph, conditioning: unknown): string[] {
  const texts = new Set<string>()
  const seen = new Set<Node>()
  let front = [linked(graph, conditioning)]
  while (front.length > 0) {
    const next: (Node | undefined)[] = []
    for (const node of front) {
      if (!node || seen.has(node)) continue
      seen.add(node)
      const own = TEXT_INPUTS.flatMap((name) => literal(graph, node.inputs[name]) ?? [])
      own.forEach((text) => texts.add(text))
      if (own.length === 0) {
        next.push(...Object.values(node.inputs).map((input) => linked(graph, input)))
      }
    }
    front = next
  }
  return [...texts].filter((text) => text.trim() !== '')
}

function findSampler(graph: Graph): Node | undefined {
  const nodes = [...graph.values()]
  return (
    nodes.find(({ classType }) => /^KSampler/.test(classType) && classType !== 'KSamplerSelect') ??
    nodes.find(({ classType }) => classType.startsWith('SamplerCustom')) ??
    nodes.find(({ inputs }) => 'steps' in inputs && ('seed' in inputs || 'noise_seed' in inputs))
  )
}

function modelNames(graph: Graph): string[] {
  const names = new Set<string>()
  for (const { inputs } of graph.values()) {
    for (const name of ['ckpt_name', 'unet_name', 'lora_name']) {
      const value = literal(graph, inputs[name])
      if (value !== undefined) names.add(value)
    }
  }
  return [...names]
}

function compact(facts: readonly (readonly [string, string | undefined])[]): GenerationFact[] {
  return facts.flatMap(([label, value]) => (value === undefined ? [] : [{ label, value }]))
}

function joined(texts: readonly string[]): string | undefined {
  return texts.length === 0 ? undefined : texts.join('\n\n')
}

/** Reads ComfyUI's `prompt` text: the graph as it was executed. */
export function readComfyuiPrompt(prompt: string): Generation {
  const graph = readGraph(prompt)
  const sampler = findSampler(graph)
  if (!sampler) return { facts: compact([['Model', joined(modelNames(graph))]]) }
  const { inputs } = sampler
  const guider = linked(graph, inputs.guider)
  const sigmas = linked(graph, inputs.sigmas)
  const noise = linked(graph, inputs.noise)
  const select = linked(graph, inputs.sampler)
  const first = (...candidates: unknown[]): string | undefined => {
    for (const candidate of candidates) {
      const value = literal(graph, candidate)
      if (value !== undefined) return value
    }
    return undefined
  }
  return {
    facts: compact([
      [
        'Prompt',
        joined(
          promptTexts(graph, inputs.positive ?? guider?.inputs.positive ?? guider?.inputs.conditioning),
        ),
      ],
      ['Negative prompt', joined(promptTexts(graph, inputs.negative ?? guider?.inputs.negative))],
      ['Seed', first(inputs.seed, inputs.noise_seed, noise?.inputs.noise_seed)],
      ['Steps', first(inputs.steps, sigmas?.inputs.steps)],
      ['CFG', first(inputs.cfg, guider?.inputs.cfg)],
      ['Sampler', first(inputs.sampler_name, select?.inputs.sampler_name)],
      ['Scheduler', first(inputs.scheduler, sigmas?.inputs.scheduler)],
      ['Model', joined(modelNames(graph))],
    ]),
  }
}

const A1111_LABELS: ReadonlyMap<string, string> = new Map([
  ['Seed', 'Seed'],
  ['Steps', 'Steps'],
  ['CFG scale', 'CFG'],
  ['Sampler', 'Sampler'],
  ['Schedule type', 'Scheduler'],
  ['Size', 'Size'],
  ['Model', 'Model'],
])

/** Reads the `parameters` text that AUTOMATIC1111's program and its kin write. */
export function readA1111Parameters(parameters: string): Generation {
  const lines = parameters.trim().split('\n')
  const last = lines.at(-1) ?? ''
  const hasSettings = /^Steps: \d/.test(last)
  const [prompt = '', negative] = (hasSettings ? lines.slice(0, -1) : lines)
    .join('\n')
    .split(/^Negative prompt: /m)
  const settings = new Map<string, string>()
  if (hasSettings) {
    for (const [, key = '', value = ''] of last.matchAll(/([^:,]+): ("(?:[^"\\]|\\.)*"|[^,]*)(?:,|$)/g)) {
      settings.set(key.trim(), value.trim())
    }
  }
  return {
    facts: compact([
      ['Prompt', prompt.trim() || undefined],
      ['Negative prompt', negative?.trim()],
      ...[...A1111_LABELS].map(([key, label]) => [label, settings.get(key)] as const),
    ]),
  }
}

export function readGeneration(metadata: Readonly<Record<string, string>>): Generation {
  if (metadata.prompt !== undefined) {
    const generation = readComfyuiPrompt(metadata.prompt)
    if (generation.facts.length > 0) return generation
  }
  if (metadata.parameters !== undefined) return readA1111Parameters(metadata.parameters)
  return { facts: [] }
}
