import { expect, it } from 'vitest'
import type { Workflow } from '@/api/types'
import { parametersOf, rolesOf, workflowSummary } from './workflows'

it('names the nodes of a role as ComfyUI shows them, in the order of a graph', () => {
  const graph = {
    3: { class_type: 'KSampler', _meta: { title: 'Sampler' } },
    9: { class_type: 'SaveImage' },
    constructor: 7,
  }
  expect(rolesOf({ save_image: ['9'], sampler: ['3', '4', 'constructor', 'toString'], shift: [] }, graph)).toEqual([
    {
      role: 'sampler',
      meaning: 'Seeds, steps, cfg, sampler and scheduler',
      nodes: ['3 KSampler “Sampler”', '4', 'constructor', 'toString'],
    },
    { role: 'save_image', meaning: 'The picture that is kept', nodes: ['9 SaveImage'] },
  ])
})

it('tells which parameters a workflow ignores', () => {
  const states = parametersOf({ parameters: ['seed'] })
  expect(states.filter(({ isHonoured }) => isHonoured).map(({ name }) => name)).toEqual(['seed'])
  expect(states).toContainEqual({ name: 'shift', isHonoured: false })
})

it('sums up a workflow in a line', () => {
  const valid: Workflow = {
    name: 'a',
    validation_state: 'valid',
    roles: {},
    proposed_roles: {},
    parameters: ['seed', 'cfg'],
    warnings: [],
    errors: [],
  }
  expect(workflowSummary(valid)).toBe('2 settings')
  expect(workflowSummary({ ...valid, warnings: ['w'] })).toBe('2 settings, 1 warning')
  expect(workflowSummary({ ...valid, validation_state: 'invalid', errors: ['No node saves.'] })).toBe('No node saves.')
})
