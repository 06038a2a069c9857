// All keys, by where they work, as the keyboard help shows them.

export interface KeyGroup {
  readonly title: string
  readonly keys: readonly (readonly [chords: readonly string[], does: string])[]
}

export const KEY_GROUPS: readonly KeyGroup[] = [
  {
    title: 'Everywhere',
    keys: [
      [['Ctrl+←', 'Ctrl+→'], 'Master slider one step back or on'],
      [['Space'], 'Play or pause'],
      [[',', '.'], 'Previous or next of several images, in all cells'],
      [['?'], 'These keys'],
      [['Esc'], 'Close what is on top'],
    ],
  },
  {
    title: 'Grid, with a cell focused',
    keys: [
      [['←', '→', '↑', '↓'], 'Neighbouring cell'],
      [['Home', 'End'], 'First or last cell of the row'],
      [['Page Up', 'Page Down'], 'As many rows up or down as are in sight'],
      [['Ctrl+Home', 'Ctrl+End'], 'First or last cell of all'],
      [['Enter'], 'Open the image'],
    ],
  },
  {
    title: 'Open image',
    keys: [
      [['←', '→'], 'Neighbour in the row'],
      [['Shift+↑', 'Shift+↓'], 'Neighbour in the column'],
      [['↑', '↓'], 'Next or previous value of the slider'],
      [[',', '.'], 'Previous or next of several images'],
      [['0'], 'Whole image'],
      [['1'], 'Actual size'],
      [['+', '−'], 'Zoom in or out'],
      [['Alt+←', 'Alt+→', 'Alt+↑', 'Alt+↓'], 'Look further to that side when zoomed in'],
      [['i'], 'How it was made'],
    ],
  },
  {
    title: 'Slider, focused',
    keys: [
      [['←', '→'], 'One step'],
      [['Page Up', 'Page Down'], 'Ten steps'],
      [['Home', 'End'], 'First or last'],
    ],
  },
  {
    title: 'Boundary between cells, focused',
    keys: [
      [['←', '→', '↑', '↓'], 'All cells a little smaller or larger'],
      [['Shift+←', 'Shift+→', 'Shift+↑', 'Shift+↓'], 'Much smaller or larger'],
      [['Enter'], 'As fits'],
    ],
  },
  {
    title: 'Edge of a panel, focused',
    keys: [
      [['←', '→'], 'Wider or narrower'],
      [['Home', 'End'], 'Narrowest or widest'],
    ],
  },
]
