import { expect, it } from 'vitest'
import { faultAt, faultsElsewhere } from './faults'

const faults = [
  { pointer: '/steps/1', detail: 'must be at most 10000' },
  { pointer: '/prompts/0/name', detail: 'is taken' },
  { pointer: '', detail: 'makes too many images' },
]

it('shows a fault at its field, with the value it is about', () => {
  expect(faultAt(faults, '/steps', ['4', '20000'])).toBe('20000: must be at most 10000')
  expect(faultAt(faults, '/prompts/0/name')).toBe('is taken')
  expect(faultAt(faults, '/step')).toBeUndefined()
})

it('knows what no field shows', () => {
  expect(faultsElsewhere(faults, ['/steps', '/prompts'])).toEqual([{ pointer: '', detail: 'makes too many images' }])
})
