/** A moment for a sentence: `Since 22:31:05.`, with the day when it was another one. `now` and `at` in milliseconds. */
export function sinceText(at: number, now = Date.now()): string {
  const then = new Date(at)
  const isToday = then.toDateString() === new Date(now).toDateString()
  const time = then.toLocaleTimeString('en-GB')
  return isToday ? `Since ${time}.` : `Since ${then.toLocaleDateString('en-GB', { day: 'numeric', month: 'long' })}, ${time}.`
}
