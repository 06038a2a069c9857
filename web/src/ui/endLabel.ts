import type { SelectOption } from 'naive-ui'
import { h, type VNode } from 'vue'
import EndText from './EndText.vue'

/** The label of a select's option, of which the end is always seen. */
export function endLabel(option: SelectOption): VNode {
  return h(EndText, { text: String(option.label) })
}
