import AntdCheckbox from 'antd/es/checkbox'
import { withTheme } from './with-theme.tsx'

export const Checkbox = withTheme(AntdCheckbox)
