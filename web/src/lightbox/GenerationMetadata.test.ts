// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import type { Image, ImageMetadata } from '@/api/types'
import GenerationMetadata from './GenerationMetadata.vue'

const image = (name: string, version = '1'): Image => ({ relative_path: `a.safetensors/${name}.png`, version, dimensions: {} })
const metadata = (seed: number): ImageMetadata => ({
  metadata: {
    prompt: JSON.stringify({ 3: { class_type: 'KSampler', inputs: { seed, steps: 20, note: 'n'.repeat(300) } } }),
  },
})

describe('GenerationMetadata', () => {
  /** What was asked for and not answered yet. */
  let asked: { path: string; answer: (value: ImageMetadata) => void }[] = []

  beforeEach(() => {
    asked = []
    vi.useFakeTimers()
    vi.spyOn(api, 'imageMetadata').mockImplementation(
      ({ relative_path, version }) =>
        new Promise((resolve) => asked.push({ path: `${relative_path} ${version}`, answer: resolve })),
    )
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  async function pass(): Promise<void> {
    vi.advanceTimersByTime(1000)
    await flushPromises()
  }
  async function answered(seed: number): Promise<void> {
    await pass()
    asked.at(-1)?.answer(metadata(seed))
    await flushPromises()
  }

  it('says that what it shows is the previous image’s until the answer is there', async () => {
    const wrapper = mount(GenerationMetadata, { props: { image: image('one') } })
    await answered(7)
    const content = () => wrapper.get('.answer')
    expect(content().text()).toContain('7')
    expect(content().attributes('aria-busy')).toBe('false')
    await wrapper.setProps({ image: image('two') })
    expect(content().attributes('aria-busy')).toBe('true')
    await wrapper.setProps({ image: image('three') })
    await pass()
    expect(asked.map(({ path }) => path)).toEqual(['a.safetensors/one.png 1', 'a.safetensors/three.png 1'])
    expect(content().attributes('aria-busy')).toBe('true')
    await answered(8)
    expect(wrapper.get('dl').text()).toContain('8')
    expect(content().attributes('aria-busy')).toBe('false')
  })

  it('asks again when the file was written anew', async () => {
    const wrapper = mount(GenerationMetadata, { props: { image: image('one') } })
    await answered(7)
    await wrapper.setProps({ image: image('one', '2') })
    await answered(8)
    expect(asked).toHaveLength(2)
    expect(wrapper.get('dl').text()).toContain('8')
  })

  it('stays, with what is searched, where there is no image', async () => {
    const wrapper = mount(GenerationMetadata, { props: { image: image('one') } })
    await answered(7)
    await wrapper.get('input').setValue('steps')
    await wrapper.setProps({ image: undefined })
    expect(wrapper.text()).toContain('There is no image here')
    expect(wrapper.find('dl').exists()).toBe(false)
    await wrapper.setProps({ image: image('two') })
    await answered(8)
    expect(wrapper.get('input').element.value).toBe('steps')
    expect(wrapper.text()).toContain('1 found')
  })
})
