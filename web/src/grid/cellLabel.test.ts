import { expect, it } from 'vitest'
import { cellLabel } from './cellLabel'

it('offers to open what is there or on its way, and says why it does not otherwise', () => {
  expect(cellLabel('ready', 'seed 7', '')).toBe('Open seed 7')
  expect(cellLabel('waiting', 'seed 7', '')).toBe('Open seed 7')
  expect(cellLabel('missing', 'seed 7', '')).toBe('seed 7, no image')
  expect(cellLabel('failed', 'seed 7', 'The file is damaged')).toBe('seed 7, The file is damaged')
})
