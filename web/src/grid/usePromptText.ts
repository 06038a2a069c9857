import { ref, type Ref } from 'vue'
import { api } from '@/api/client'
import type { Image } from '@/api/types'
import { readGeneration } from '@/domain/generation'

export interface PromptText {
  /** undefined: not known, or not yet. */
  readonly text: Ref<string | undefined>
  /** Looks it up, unless that was done before. */
  look(): void
}

/** Dimensions whose values are names of prompts. */
const IS_PROMPT = /prompt/i

/** The full text behind the short name of a prompt, read from an image that was made with it. */
export function usePromptText(dimension: Readonly<Ref<string>>, image: () => Image | undefined): PromptText {
  const text = ref<string>()
  let asked: string | undefined

  async function look(from: Image): Promise<void> {
    try {
      const { metadata } = await api.imageMetadata(from)
      if (asked !== from.relative_path) return
      text.value = readGeneration(metadata).facts.find(({ label }) => label === 'Prompt')?.value
    } catch {
      // Without it the name alone is shown; the next look asks again.
      asked = undefined
    }
  }

  return {
    text,
    look() {
      const from = image()
      if (!IS_PROMPT.test(dimension.value) || !from || asked === from.relative_path) return
      asked = from.relative_path
      void look(from)
    },
  }
}
