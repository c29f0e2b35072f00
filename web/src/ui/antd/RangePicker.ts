import DatePicker from 'antd/es/date-picker'
import 'dayjs/locale/zh-cn'
import { withTheme } from './with-theme.tsx'

export const RangePicker = withTheme(DatePicker.RangePicker)
