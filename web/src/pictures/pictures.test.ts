// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { defineComponent, h, nextTick, ref, shallowRef } from 'vue'
import { type Pictures, providePictures, usePictures } from './pictures'
import type { PictureStore } from './pictureStore'

const MIB = 1024 * 1024

describe('the budget of pictures', () => {
  const budget = ref(400)
  const isOpen = ref(false)
  const pictures = shallowRef<Pictures>()
  const lent = shallowRef<PictureStore<HTMLImageElement>>()

  const Borrower = defineComponent(() => {
    lent.value = usePictures().lend(2)
    return () => null
  })
  const App = defineComponent(() => {
    pictures.value = providePictures({ budget, alwaysOriginals: ref(false) }, () => undefined)
    return () => (isOpen.value ? h(Borrower) : null)
  })
  /** In MiB: what the cells may take, as they are told and as it is kept, and what is lent. */
  function shares() {
    return [pictures.value?.budget.value, pictures.value?.store.budget, lent.value?.budget].map((bytes) => (bytes ?? 0) / MIB)
  }

  it('is lent in part while somebody shows pictures in front of the cells', async () => {
    const page = mount(App)
    expect(shares()).toEqual([400, 400, 0])
    isOpen.value = true
    await nextTick()
    expect(shares()).toEqual([300, 300, 100])
    budget.value = 800
    await nextTick()
    expect(shares()).toEqual([600, 600, 200])
    isOpen.value = false
    await nextTick()
    expect(shares().slice(0, 2)).toEqual([800, 800])
    page.unmount()
  })
})
