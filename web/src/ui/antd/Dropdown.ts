import AntdDropdown from 'antd/es/dropdown'
import { withTheme } from './with-theme.tsx'

export const Dropdown = withTheme(AntdDropdown)
