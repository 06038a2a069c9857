import { expect, it } from 'vitest'
import { durationText, sinceText, untilText } from './duration'

it.each([
  [0.2, '0 s'],
  [59.4, '59 s'],
  [60, '1 min'],
  [90, '1 min 30 s'],
  [599, '10 min'],
  [3570, '1 h 00 min'],
  [3900, '1 h 05 min'],
  [86_400 * 2 + 3600 * 3, '2 d 3 h'],
  [-4, '0 s'],
])('%d seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text)
})

it('says when something was by how long ago that is', () => {
  const now = Date.parse('2026-03-04T12:00:00Z')
  expect(sinceText('2026-03-04T11:59:30Z', now)).toBe('just now')
  expect(sinceText('2026-03-04T11:48:10Z', now)).toBe('11 min ago')
  expect(sinceText('2026-03-04T02:00:00Z', now)).toMatch(/^at \d/)
  expect(sinceText('2026-03-01T02:00:00Z', now)).toMatch(/^on /)
  expect(sinceText('yesterday', now)).toBe('')
})

it('says when something will be as precisely as it is unambiguous', () => {
  const now = Date.parse('2026-03-04T12:00:00Z')
  const HOUR = 3_600_000
  expect(untilText(now + 10 * HOUR, now)).toMatch(/^\d\d:\d\d/)
  expect(untilText(now + 30 * HOUR, now)).toMatch(/^[A-Z]\S+ \d\d:\d\d/)
  expect(untilText(now + 300 * HOUR, now)).toMatch(/Mar|3/)
  expect(untilText(now + 300 * HOUR, now)).not.toMatch(/:/)
})
