import { describe, expect, it } from 'vitest'
import { readMessage } from './messages'

const read = (message: object): unknown => readMessage(JSON.stringify(message))

describe('messages of the feed', () => {
  it('about an image come as they are', () => {
    const body = { path: 'a/b=1.png', dimensions: { b: '1' }, version: '1-2', training_run_ids: ['r'] }
    expect(read({ type: 'image_added', ...body })).toEqual({ type: 'image_added', body })
  })

  it('keep every digit of a seed', () => {
    const text = '{"type":"job_progress","job_id":"j","status":"running","total_items":4,"current_item":{"seed":18446744073709551615}}'
    expect(readMessage(text)).toMatchObject({ body: { job_id: 'j', current_item: { seed: '18446744073709551615' } } })
    expect(readMessage(text.replace('18446744073709551615', '42'))).toMatchObject({ body: { current_item: { seed: '42' } } })
  })

  it('watch nothing unless they say so', () => {
    expect(read({ type: 'hello', version: '1' })).toEqual({ type: 'hello', watching: false })
    expect(read({ type: 'heartbeat', watching: true })).toEqual({ type: 'heartbeat', watching: true })
  })

  it('that are unknown, broken or incomplete are none', () => {
    expect(read({ type: 'constructor' })).toBeUndefined()
    expect(read({ type: 'news_of_tomorrow' })).toBeUndefined()
    expect(readMessage('{"type":"hello"')).toBeUndefined()
    expect(readMessage('[]')).toBeUndefined()
    expect(read({ type: 'image_added', path: 'a', version: '1', training_run_ids: [], dimensions: { b: 1 } })).toBeUndefined()
    expect(read({ type: 'image_removed', path: 'a' })).toBeUndefined()
  })
})
