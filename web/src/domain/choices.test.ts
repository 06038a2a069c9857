import { describe, expect, it } from 'vitest'
import { choicePosition, describeChoice, stepChoice } from './choices'
import type { Choice } from './imageIndex'

const CHOICES: Choice[] = ['420', '421', undefined].map((value) => ({
  values: [{ dimension: 'seed', value }],
}))

describe('choices', () => {
  it('step round the ends', () => {
    expect([...stepChoice(CHOICES, 2, 1)]).toEqual([['seed', '420']])
    expect([...stepChoice(CHOICES, 0, -1)]).toEqual([['seed', undefined]])
  })

  it('stay with what was chosen while it is there, else take the first', () => {
    expect(choicePosition(CHOICES, new Map([['seed', '421']]))).toBe(1)
    expect(choicePosition(CHOICES, new Map([['seed', '999']]))).toBe(0)
    expect(choicePosition(CHOICES, new Map())).toBe(0)
    expect(choicePosition([], new Map())).toBe(0)
  })

  it('are named by their values', () => {
    expect(describeChoice(CHOICES[1])).toBe('seed 421')
    expect(describeChoice(CHOICES[2])).toBe('seed none')
  })
})
