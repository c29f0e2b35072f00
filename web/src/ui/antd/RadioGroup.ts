import AntdRadio from 'antd/es/radio'
import { withTheme } from './with-theme.tsx'

export const RadioGroup = withTheme(AntdRadio.Group)
