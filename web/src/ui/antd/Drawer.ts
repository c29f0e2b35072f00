import AntdDrawer from 'antd/es/drawer'
import { withTheme } from './with-theme.tsx'

export const Drawer = withTheme(AntdDrawer)
