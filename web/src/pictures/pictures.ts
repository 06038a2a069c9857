import { inject, type InjectionKey, provide } from 'vue'
import { decodedBytes, loadPicture } from './loadPicture'
import { PictureStore } from './pictureStore'

export type Pictures = PictureStore<HTMLImageElement>

const KEY: InjectionKey<Pictures> = Symbol('pictures')

const BUDGET = 400 * 1024 * 1024
const SLOTS = 4

export function providePictures(): Pictures {
  const pictures: Pictures = new PictureStore({
    load: loadPicture,
    bytes: decodedBytes,
    typicalBytes: 1344 * 1344 * 4,
    budget: BUDGET,
    slots: SLOTS,
  })
  provide(KEY, pictures)
  return pictures
}

export function usePictures(): Pictures {
  const pictures = inject(KEY)
  if (!pictures) throw new Error('usePictures() is called outside of the app')
  return pictures
}
