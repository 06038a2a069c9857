import { expect, it } from 'vitest'
import { ApiError } from '@/api/problem'
import { statusText } from './statusText'

it('says which ComfyUI is connected', () => {
  const value = { enabled: true, connected: true, version: '0.38.1' }
  expect(statusText({ state: 'ready', value })).toMatchObject({ state: 'connected', short: 'ComfyUI 0.38.1', detail: 'Version 0.38.1.' })
  expect(statusText({ state: 'loading', value })).toMatchObject({ state: 'connected' })
  expect(statusText({ state: 'ready', value: { ...value, version: 'unknown' } })).toMatchObject({ short: 'ComfyUI', detail: '' })
})

it('says why it is away', () => {
  const value = { enabled: true, connected: false, error: 'Connection refused' }
  expect(statusText({ state: 'ready', value })).toMatchObject({ state: 'away', detail: 'Connection refused' })
})

it('does not call it connected when our own server is silent', () => {
  const value = { enabled: true, connected: true, version: '0.38.1' }
  const error = new ApiError(0, 'unreachable', 'The server does not answer.')
  expect(statusText({ state: 'failed', error, value })).toMatchObject({ state: 'away', detail: 'The server does not answer.' })
})

it('asks before it knows', () => {
  expect(statusText({ state: 'loading' })).toMatchObject({ state: 'asking', short: 'ComfyUI' })
})
