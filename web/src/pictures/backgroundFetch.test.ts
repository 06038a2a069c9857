import { afterEach, describe, expect, it, vi } from 'vitest'
import { backgroundFetch } from './backgroundFetch'

const { signal } = new AbortController()

function answering(...statuses: number[]): void {
  const answers = statuses.map((status) => new Response(status === 200 ? 'bytes' : null, { status }))
  vi.stubGlobal('fetch', () => Promise.resolve(answers.shift()))
}

describe('backgroundFetch', () => {
  afterEach(() => void vi.unstubAllGlobals())

  it('tells how much it fetched', async () => {
    answering(200)
    expect(await backgroundFetch('/api/images/a.png?v=1', signal)).toBe(5)
    answering(200, 200)
    expect(await backgroundFetch('/api/previews/256/a.png?v=1', signal)).toBe(5)
  })

  it.each([502, 503, 504])('takes a %d for a server that has no time', async (status) => {
    answering(status)
    expect(await backgroundFetch('/api/images/a.png?v=1', signal)).toBeUndefined()
    answering(status)
    expect(await backgroundFetch('/api/previews/256/a.png?v=1', signal)).toBeUndefined()
    answering(200, status)
    expect(await backgroundFetch('/api/previews/256/a.png?v=1', signal)).toBeUndefined()
  })

  it.each([404, 422, 500])('gives up what is answered with %d', async (status) => {
    answering(status)
    expect(await backgroundFetch('/api/images/a.png?v=1', signal)).toBe(0)
    answering(status)
    expect(await backgroundFetch('/api/previews/256/a.png?v=1', signal)).toBe(0)
  })
})
