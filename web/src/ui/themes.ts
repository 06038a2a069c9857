// How Naive UI looks in either theme. The colours are those of base.css.

import { darkTheme, type GlobalTheme, type GlobalThemeOverrides } from 'naive-ui'
import type { Theme } from '@/state/theme'

interface Palette {
  readonly canvas: string
  readonly surface: string
  readonly raised: string
  readonly sunken: string
  readonly line: string
  readonly lineStrong: string
  readonly text: string
  readonly textSoft: string
  readonly accent: string
  readonly accentHover: string
  readonly accentPressed: string
  readonly accentSoft: string
  readonly onAccent: string
  readonly danger: string
}

const LIGHT: Palette = {
  canvas: '#f6f6f8',
  surface: '#ffffff',
  raised: '#ffffff',
  sunken: '#ececf0',
  line: '#e2e2e8',
  lineStrong: '#c9c9d2',
  text: '#1a1b20',
  textSoft: '#5b5e69',
  accent: '#4f52c9',
  accentHover: '#6164d8',
  accentPressed: '#4043b0',
  accentSoft: '#ecedfb',
  onAccent: '#ffffff',
  danger: '#b3261e',
}

const DARK: Palette = {
  canvas: '#0e0f12',
  surface: '#15161a',
  raised: '#1c1d22',
  sunken: '#1b1c21',
  line: '#26272d',
  lineStrong: '#3d3f48',
  text: '#ececf1',
  textSoft: '#9a9ca8',
  accent: '#9194f4',
  accentHover: '#a5a8f7',
  accentPressed: '#7d80e6',
  accentSoft: '#24254a',
  onAccent: '#10112b',
  danger: '#f2857d',
}

function overrides(palette: Palette): GlobalThemeOverrides {
  return {
    common: {
      fontFamily: 'var(--font)',
      fontFamilyMono: 'var(--font-mono)',
      fontSize: '14px',
      fontSizeMedium: '14px',
      fontSizeSmall: '13px',
      borderRadius: '6px',
      borderRadiusSmall: '4px',
      heightSmall: '28px',
      heightMedium: '32px',
      bodyColor: palette.canvas,
      cardColor: palette.surface,
      modalColor: palette.raised,
      popoverColor: palette.raised,
      inputColor: palette.surface,
      dividerColor: palette.line,
      borderColor: palette.line,
      textColorBase: palette.text,
      textColor1: palette.text,
      textColor2: palette.text,
      textColor3: palette.textSoft,
      placeholderColor: palette.textSoft,
      primaryColor: palette.accent,
      primaryColorHover: palette.accentHover,
      primaryColorPressed: palette.accentPressed,
      primaryColorSuppl: palette.accent,
      errorColor: palette.danger,
      hoverColor: palette.sunken,
    },
    Button: {
      textColorPrimary: palette.onAccent,
      textColorHoverPrimary: palette.onAccent,
      textColorPressedPrimary: palette.onAccent,
      textColorFocusPrimary: palette.onAccent,
      fontWeightStrong: '500',
    },
    Checkbox: { checkMarkColor: palette.onAccent, border: `1px solid ${palette.lineStrong}` },
    Drawer: {
      color: palette.surface,
      boxShadow: 'var(--shadow)',
      bodyPadding: '0',
      headerPadding: '12px 16px',
      titleFontSize: '15px',
      titleFontWeight: '600',
    },
    Slider: {
      railColor: palette.lineStrong,
      railColorHover: palette.lineStrong,
      fillColor: palette.accent,
      fillColorHover: palette.accent,
      handleColor: palette.raised,
      handleSize: '14px',
      railHeight: '4px',
      handleBoxShadow: `0 0 0 2px ${palette.accent}`,
      handleBoxShadowHover: `0 0 0 3px ${palette.accent}`,
      handleBoxShadowActive: `0 0 0 3px ${palette.accent}`,
      handleBoxShadowFocus: `0 0 0 3px ${palette.accent}`,
    },
    Radio: {
      boxShadow: `inset 0 0 0 1px ${palette.lineStrong}`,
      buttonHeightSmall: '26px',
      buttonColor: palette.surface,
      buttonColorActive: palette.accentSoft,
      buttonTextColorActive: palette.accent,
    },
    InternalSelection: {
      border: `1px solid ${palette.lineStrong}`,
      color: palette.surface,
      colorActive: palette.surface,
    },
    Input: {
      border: `1px solid ${palette.lineStrong}`,
      color: palette.surface,
      colorFocus: palette.surface,
    },
  }
}

export const themes: Readonly<
  Record<Theme, { theme: GlobalTheme | null; overrides: GlobalThemeOverrides }>
> = {
  light: { theme: null, overrides: overrides(LIGHT) },
  dark: { theme: darkTheme, overrides: overrides(DARK) },
}
