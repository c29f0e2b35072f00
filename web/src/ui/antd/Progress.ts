import AntdProgress from 'antd/es/progress'
import { withTheme } from './with-theme.tsx'

export const Progress = withTheme(AntdProgress)
