import { describe, expect, it } from 'vitest'
import { buildCatalog } from '@/domain/catalog'
import { combinations, scanOf } from '@/domain/fixtures'
import { readLink } from './link'
import { unknownInLink } from './linkFaults'

const CATALOG = buildCatalog(scanOf(combinations({ checkpoint: ['500', '1000'], cfg: ['1', '7'], seed: ['42'] })))
const unknown = (query: string): readonly string[] => {
  const link = readLink(`?run=a&${query}`)
  return link ? unknownInLink(link, CATALOG) : ['no link']
}

describe('what a link names and a run lacks', () => {
  it('is nothing where all is there', () => {
    expect(unknown('x=cfg&y=&slider=checkpoint&at=500&filter.seed=single&only.seed=42&show.seed=42&open=1&open.x=7&open.slider=500')).toEqual([])
  })

  it('is a dimension, once, wherever it stands', () => {
    expect(unknown('x=sampler&filter.sampler=multi&only.sampler=euler&none=lora&without=vae')).toEqual([
      'the dimension “sampler”',
      'the dimension “lora”',
      'the dimension “vae”',
    ])
  })

  it('is a value of a filter, of the slider, of the choice or of the open image', () => {
    expect(unknown('only.seed=42&only.seed=999')).toEqual(['seed 999'])
    expect(unknown('not.seed=42&not.seed=998')).toEqual(['seed 998'])
    expect(unknown('at=750')).toEqual(['checkpoint 750'])
    expect(unknown('x=cfg&slider=seed&at=7')).toEqual(['seed 7'])
    expect(unknown('show.seed=1')).toEqual(['seed 1'])
    expect(unknown('x=cfg&slider=checkpoint&open=1&open.x=3&open.slider=500')).toEqual(['cfg 3'])
  })
})
