import AntdInputNumber from 'antd/es/input-number'
import { withTheme } from './with-theme.tsx'

export const NumberInput = withTheme(AntdInputNumber)
