// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import GridDividers from './GridDividers.vue'
import { gridLayout } from './gridLayout'
import { MAX_CELL, MIN_CELL } from './gridWindow'

const LAYOUT = gridLayout({
  viewportWidth: 1200,
  viewportHeight: 900,
  columns: 9,
  hasColumnLabels: true,
  hasRowLabels: true,
  hasSliders: true,
  isNarrow: false,
  isCoarse: false,
  chosenWidth: 200,
  chosenHeight: 160,
  aspect: 1,
})

/** Columns 2 to 6 and rows 4 to 8 are in the document, those from 3 and 5 in sight. */
function render() {
  return mount(GridDividers, {
    props: { layout: LAYOUT, mountedColumns: [2, 3, 4, 5, 6], mountedRows: [4, 5, 6, 7, 8], firstColumn: 3, firstRow: 5 },
  })
}
/** Where the second boundary in sight, which is that behind the fifth column, or row, is let go. */
function drag(wrapper: ReturnType<typeof render>, testId: string, x: number, y: number) {
  const boundary = wrapper.findAll(`[data-testid="${testId}"]`)[2]?.element as HTMLElement
  boundary.setPointerCapture = () => undefined
  boundary.dispatchEvent(new PointerEvent('pointerdown', { button: 0, clientX: 500, clientY: 500, pointerId: 1 }))
  boundary.dispatchEvent(new PointerEvent('pointermove', { clientX: 500 + x, clientY: 500 + y, pointerId: 1 }))
  boundary.dispatchEvent(new PointerEvent('lostpointercapture', { pointerId: 1 }))
  boundary.dispatchEvent(new PointerEvent('pointermove', { clientX: 900, clientY: 900, pointerId: 1 }))
}

describe('GridDividers', () => {
  it('has one boundary of each kind for the keyboard, the first in sight', () => {
    const separators = render().findAll('[role="separator"]')
    expect(separators.map((each) => each.attributes())).toMatchObject([
      { 'aria-label': 'Width of all columns', 'aria-valuenow': '200', 'aria-valuemin': `${MIN_CELL}`, 'aria-valuemax': `${MAX_CELL}`, tabindex: '0' },
      { 'aria-label': 'Height of all rows', 'aria-valuenow': '160', tabindex: '0' },
    ])
    // The right edge of column 3, the bottom of row 5.
    const { labelWidth, padding, columnTrack, headerHeight, rowTrack, gap } = LAYOUT
    expect(separators[0]?.attributes('style')).toContain(`left: ${labelWidth + padding + 4 * columnTrack - gap}px`)
    expect(separators[1]?.attributes('style')).toContain(`top: ${headerHeight + 6 * rowTrack - gap}px`)
  })

  it('follows the pointer until it is let go, all tracks in sight before it sharing the change', () => {
    const wrapper = render()
    drag(wrapper, 'column-divider', 80, 30)
    drag(wrapper, 'row-divider', 80, 30)
    expect(wrapper.emitted()).toMatchObject({ width: [[240]], height: [[175]] })
  })

  it('changes both by a crossing', () => {
    const wrapper = render()
    // That of the first row and the third column in the document.
    drag(wrapper, 'corner-divider', 20, 40)
    expect(wrapper.emitted()).toMatchObject({ width: [[210]], height: [[200]] })
  })

  it('goes by keys, no further than cells may, and back to what fits', async () => {
    const wrapper = render()
    const [width, height] = wrapper.findAll('[role="separator"]')
    await width?.trigger('keydown', { key: 'ArrowRight' })
    await width?.trigger('keydown', { key: 'ArrowLeft', shiftKey: true })
    await width?.trigger('keydown', { key: 'Enter' })
    await height?.trigger('keydown', { key: 'ArrowUp', shiftKey: true })
    await height?.trigger('keydown', { key: 'Tab' })
    await height?.trigger('dblclick')
    expect(wrapper.emitted()).toMatchObject({ width: [[208], [136], [undefined]], height: [[MIN_CELL], [undefined]] })
  })
})
