// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { image } from '@/domain/fixtures'
import * as pictures from '@/pictures/pictures'
import { PictureStore } from '@/pictures/pictureStore'
import * as app from '@/state/app'
import LightboxStage from './LightboxStage.vue'

describe('a picture that cannot be had', () => {
  const load = vi.fn<() => Promise<HTMLImageElement>>()

  beforeEach(() => {
    load.mockReset().mockRejectedValueOnce(new Error('The file is damaged.'))
    const store = new PictureStore<HTMLImageElement>({ load, bytes: () => 4, budget: 1000, slots: 2 })
    vi.spyOn(pictures, 'usePictures').mockReturnValue({ lend: () => store } as unknown as pictures.Pictures)
    vi.spyOn(app, 'useAppState').mockReturnValue({ viewport: { pixelRatio: { value: 1 } } } as unknown as app.AppState)
  })
  afterEach(() => vi.restoreAllMocks())

  async function render() {
    const stage = mount(LightboxStage, { props: { image: image({ cfg: '7' }), next: [], description: 'cfg 7' }, attachTo: document.body })
    await flushPromises()
    return stage
  }

  it('is told, with a button that is reached by Tab', async () => {
    const stage = await render()
    expect(stage.get('[role="alert"]').text()).toContain('The file is damaged.')
    const button = stage.get<HTMLButtonElement>('[role="alert"] button')
    expect(button.text()).toBe('Try again')
    expect(button.element.tabIndex).toBe(0)
    stage.unmount()
  })

  it('is asked for again, which neither pans nor closes', async () => {
    const stage = await render()
    load.mockResolvedValue(Object.assign(new Image(), { decoding: 'sync' }))
    const button = stage.get('[role="alert"] button')
    await button.trigger('pointerdown', { button: 0 })
    await button.trigger('pointerup', { button: 0 })
    await button.trigger('click')
    await flushPromises()
    expect(load).toHaveBeenCalledTimes(2)
    expect(stage.find('[role="alert"]').exists()).toBe(false)
    expect(stage.find('img').exists()).toBe(true)
    expect(stage.emitted('close')).toBeUndefined()
    stage.unmount()
  })
})
