// Workflow templates in words.

import type { Workflow } from '@/api/types'
import { isRecord } from './json'

/** The roles in the order of a graph, and what each of them lets a job set. */
const ROLES: Readonly<Record<keyof Workflow['roles'], string>> = {
  unet_loader: 'The model: each checkpoint in turn',
  lora_loader: 'The LoRA: each checkpoint in turn',
  clip_loader: 'The text encoder, chosen at the launch',
  vae_loader: 'The VAE, chosen at the launch',
  shift: 'The shift, chosen at the launch',
  latent_image: 'Width and height',
  positive_prompt: 'The prompts',
  negative_prompt: 'The negative prompt',
  sampler: 'Seeds, steps, cfg, sampler and scheduler',
  save_image: 'The picture that is kept',
}

const PARAMETERS: Readonly<Record<Workflow['parameters'][number], string>> = {
  checkpoint: 'checkpoint',
  positive_prompt: 'prompt',
  negative_prompt: 'negative prompt',
  seed: 'seed',
  steps: 'steps',
  cfg: 'cfg',
  sampler_name: 'sampler',
  scheduler: 'scheduler',
  width: 'width',
  height: 'height',
  vae: 'VAE',
  clip: 'text encoder',
  shift: 'shift',
}

export interface ParameterState {
  readonly name: string
  readonly isHonoured: boolean
}

/** Every parameter that a workflow may honour, with whether this one does. */
export function parametersOf({ parameters }: Pick<Workflow, 'parameters'>): ParameterState[] {
  const honoured = new Set<string>(parameters)
  return Object.entries(PARAMETERS).map(([key, name]) => ({ name, isHonoured: honoured.has(key) }))
}

export interface RoleNodes {
  readonly role: string
  readonly meaning: string
  /** As in `3 KSampler “Sampler”`. */
  readonly nodes: readonly string[]
}

/** Which nodes have which role, the nodes named as ComfyUI shows them. `graph`: the file's JSON. */
export function rolesOf(roles: Workflow['roles'], graph?: unknown): RoleNodes[] {
  const nodes: Readonly<Record<string, unknown>> = isRecord(graph) ? graph : {}

  function nameOf(id: string): string {
    const node = Object.hasOwn(nodes, id) ? nodes[id] : undefined
    if (!isRecord(node)) return id
    const type = typeof node.class_type === 'string' ? ` ${node.class_type}` : ''
    const title = isRecord(node._meta) && typeof node._meta.title === 'string' ? ` “${node._meta.title}”` : ''
    return `${id}${type}${title}`
  }
  const byRole: Readonly<Record<string, readonly string[] | undefined>> = roles
  return Object.entries(ROLES).flatMap(([role, meaning]) => {
    const ids = byRole[role] ?? []
    return ids.length === 0 ? [] : [{ role, meaning, nodes: ids.map(nameOf) }]
  })
}

/** One line for a list: what is wrong, or how much of a preset it honours. */
export function workflowSummary({ validation_state, errors, warnings, parameters }: Workflow): string {
  if (validation_state === 'invalid') return errors[0] ?? 'Cannot be used'
  const honours = `${parameters.length} settings`
  return warnings.length === 0 ? honours : `${honours}, ${warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`}`
}
