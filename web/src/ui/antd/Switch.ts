import AntdSwitch from 'antd/es/switch'
import { withTheme } from './with-theme.tsx'

export const Switch = withTheme(AntdSwitch)
