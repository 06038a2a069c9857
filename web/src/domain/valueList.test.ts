import { describe, expect, it } from 'vitest'
import { abridged, type NumberRule, parseValues } from './valueList'

const STEPS: NumberRule = { noun: 'step count', min: '1', max: '10000', decimals: 0, most: 1000 }
const CFGS: NumberRule = { noun: 'cfg', min: '0', max: '100', decimals: 6, most: 1000 }
const SEEDS: NumberRule = { noun: 'seed', min: '0', max: '18446744073709551615', decimals: 0, most: 1000 }

function valuesOf(text: string, rule: NumberRule, existing?: readonly string[]): readonly string[] | string {
  const parsed = parseValues(text, rule, existing)
  return 'fault' in parsed ? parsed.fault : parsed.values
}

describe('what a list accepts', () => {
  it.each([
    ['7', ['7']],
    ['1, 4 8;16\n32', ['1', '4', '8', '16', '32']],
    ['1, 2, .., 5', ['1', '2', '3', '4', '5']],
    ['2, 4, ..., 10', ['2', '4', '6', '8', '10']],
    ['10, 8, …, 4', ['10', '8', '6', '4']],
    ['1, .., 3', ['1', '2', '3']],
    ['1, 4, .., 9', ['1', '4', '7']],
    ['10, 1..3', ['10', '1', '2', '3']],
    ['420-423', ['420', '421', '422', '423']],
    ['3–1', ['3', '2', '1']],
    ['1-9 step 4', ['1', '5', '9']],
    ['9..1 by 4', ['9', '5', '1']],
    ['1-3, 7, 9-10', ['1', '2', '3', '7', '9', '10']],
    ['007', ['7']],
    ['4.0', ['4']],
    ['', []],
  ])('%s', (text, values) => {
    expect(valuesOf(text, STEPS)).toEqual(values)
  })

  it('counts in decimals exactly', () => {
    expect(valuesOf('1.0-3.0 step 0.5', CFGS)).toEqual(['1', '1.5', '2', '2.5', '3'])
    expect(valuesOf('0.1, 0.2, .., 0.5', CFGS)).toEqual(['0.1', '0.2', '0.3', '0.4', '0.5'])
    expect(valuesOf('.5 7.50', CFGS)).toEqual(['0.5', '7.5'])
    expect(valuesOf('1-3', CFGS)).toEqual(['1', '2', '3'])
  })

  it('keeps every digit of a seed', () => {
    expect(valuesOf('18446744073709551613-18446744073709551615', SEEDS)).toEqual([
      '18446744073709551613',
      '18446744073709551614',
      '18446744073709551615',
    ])
  })
})

describe('what a list refuses', () => {
  it.each([
    ['abc', STEPS, '“abc” is not a number.'],
    ['1.5', STEPS, '1.5 is no whole number, as a step count must be.'],
    ['0', STEPS, 'A step count is at least 1.'],
    ['3, 2, .., 0', STEPS, 'A step count is at least 1.'],
    ['10001', STEPS, '10001 is too much: a step count is at most 10000.'],
    ['18446744073709551616', SEEDS, '18446744073709551616 is too much: a seed is at most 18446744073709551615.'],
    ['-3', STEPS, 'A step count is at least 1.'],
    ['1, -3', STEPS, 'A step count is at least 1.'],
    ['..3', STEPS, 'A range needs a number before it, as in 420-423.'],
    ['1-2-3', STEPS, 'A range needs a number before it, as in 420-423.'],
    ['4, 4', STEPS, '4 occurs twice.'],
    ['1-5000', STEPS, 'That would be 5,000 step counts; a list has at most 1000.'],
    ['0-18446744073709551615', SEEDS, 'That would be 18,446,744,073,709,551,616 seeds; a list has at most 1000.'],
    ['1-3 step 0', STEPS, 'The step must not be 0.'],
    ['1-', STEPS, 'A number is missing after the range.'],
    ['1-9 step', STEPS, 'A number is missing after “step”.'],
    ['step 2', STEPS, '“step” belongs after a range, as in 1-9 step 2.'],
    ['1, 2, .., 0', STEPS, '0 is not on the way from one to the next of the numbers before “..”.'],
    ['5, 5, .., 9', STEPS, '9 is not on the way from one to the next of the numbers before “..”.'],
    ['1.0-3.0', CFGS, 'Say the step between decimals, as in 1.0-3.0 step 0.5.'],
    ['1.5-3', CFGS, 'Say the step between decimals, as in 1.0-3.0 step 0.5.'],
    ['1.1234567', CFGS, '1.1234567 has more than 6 digits after the point.'],
  ])('%s', (text, rule, fault) => {
    expect(valuesOf(text, rule)).toBe(fault)
  })

  it('a value that is there already, however it is written', () => {
    expect(valuesOf('419-421', SEEDS, ['420'])).toBe('420 is in the list already.')
    expect(valuesOf('7.0', CFGS, ['7'])).toBe('7 is in the list already.')
  })

  it('more values than fit beside those that are there', () => {
    const existing = Array.from({ length: 999 }, (_, at) => String(at + 1))
    expect(valuesOf('2000', STEPS, existing)).toEqual(['2000'])
    expect(valuesOf('2000, 2001', STEPS, existing)).toBe('That would be 1,001 step counts; a list has at most 1000.')
  })
})

it('abridges long lists', () => {
  expect(abridged(['1', '2', '3'])).toBe('1, 2, 3')
  expect(abridged(['1', '2', '3', '4', '5', '6', '7'])).toBe('1, 2, 3, 4 … 7')
})
