// Ant Design's theme made of our palette.
import type { ThemeConfig } from 'antd'
import darkAlgorithm from 'antd/es/theme/themes/dark'
import defaultAlgorithm from 'antd/es/theme/themes/default'
import type { Appearance } from '../appearance.ts'
import { FONT } from '../font.ts'

export function antdTheme({ palette, isDark, isMotionReduced }: Appearance): ThemeConfig {
  return {
    algorithm: isDark ? darkAlgorithm : defaultAlgorithm,
    token: {
      colorPrimary: palette.accent,
      colorLink: palette.accentText,
      colorLinkHover: palette.accentHover,
      colorBgBase: palette.surface,
      colorBgContainer: palette.surface,
      colorBgElevated: palette.raised,
      colorBgLayout: palette.canvas,
      colorText: palette.text,
      colorTextSecondary: palette.textSoft,
      colorTextTertiary: palette.textFaint,
      colorTextPlaceholder: palette.textFaint,
      colorTextDescription: palette.textFaint,
      colorBorder: palette.lineStrong,
      colorBorderSecondary: palette.line,
      colorBorderDisabled: palette.line,
      colorError: palette.bad,
      fontFamily: FONT,
      fontSize: 13,
      borderRadius: 7,
      controlHeight: 32,
      wireframe: false,
      motion: !isMotionReduced,
    },
    components: {
      Tooltip: { fontSize: 12 },
      Select: { optionSelectedBg: palette.selected },
    },
  }
}
