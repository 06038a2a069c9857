/** A length of time to the precision that an estimate has: `40 s`, `12 min`, `1 h 05 min`, `2 d 3 h`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.round(whole / 60)
  if (minutes < 10 && whole % 60 !== 0) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const clockText = (date: Date): string => date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })

/** When something will be, seen from `now` (milliseconds both): `14:03`, `Tue 14:03`, `3 Nov`. */
export function untilText(at: number, now: number): string {
  const date = new Date(at)
  if (at - now < DAY) return clockText(date)
  if (at - now < 6 * DAY) return `${date.toLocaleDateString([], { weekday: 'short' })} ${clockText(date)}`
  return date.toLocaleDateString([], { day: 'numeric', month: 'short' })
}

/** When something was, seen from `now` (milliseconds): `just now`, `5 min ago`, `at 14:03`, `on 3 Nov`. */
export function sinceText(time: string, now: number): string {
  const then = Date.parse(time)
  if (Number.isNaN(then)) return ''
  const age = now - then
  if (age < MINUTE) return 'just now'
  if (age < 60 * MINUTE) return `${Math.floor(age / MINUTE)} min ago`
  const date = new Date(then)
  if (age < DAY) return `at ${clockText(date)}`
  return `on ${date.toLocaleDateString([], { day: 'numeric', month: 'short' })}`
}
