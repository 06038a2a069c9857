import { describe, expect, it } from 'vitest'
import { moved, nameFrom, parsePromptLines, uniqueName } from './prompts'

describe('pasted lines', () => {
  it('are a prompt each; blank lines are none', () => {
    expect(parsePromptLines('forest: a misty forest, dawn\n\n  city\ta neon city at night \r\nA red fox, 85mm')).toEqual([
      { name: 'forest', text: 'a misty forest, dawn' },
      { name: 'city', text: 'a neon city at night' },
      { name: 'a_red_fox', text: 'A red fox, 85mm' },
    ])
  })

  it('have different names, also from those that are there', () => {
    expect(parsePromptLines('fox: one\nFox: two\nfox: three', ['FOX']).map(({ name }) => name)).toEqual([
      'fox 2',
      'Fox 3',
      'fox 4',
    ])
  })

  it.each([
    'a portrait of an old sailor in the rain: oil on canvas',
    'ratio 16:9, wide shot',
    '(masterpiece:1.2), a castle',
  ])('keep a colon that is part of the prompt: %s', (line) => {
    expect(parsePromptLines(line)[0]?.text).toBe(line)
  })
})

it('makes names from any script, and from none', () => {
  expect(nameFrom('日本の庭、朝')).toBe('日本の庭_朝')
  expect(nameFrom('Château d’If, at dusk')).toBe('château_d_if')
  expect(nameFrom('!!!')).toBe('prompt')
})

it('counts on from a name that has a number', () => {
  expect(uniqueName('fox 2', ['fox', 'fox 2'])).toBe('fox 3')
  expect(uniqueName('fox', ['wolf'])).toBe('fox')
})

it('moves an entry, within the list', () => {
  expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a'])
  expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['c', 'a', 'b'])
  expect(moved(['a', 'b', 'c'], 1, 9)).toEqual(['a', 'c', 'b'])
})
