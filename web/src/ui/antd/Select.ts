import AntdSelect from 'antd/es/select'
import { withTheme } from './with-theme.tsx'

export const Select = withTheme(AntdSelect)
