// The letters of the console where CSS cannot say it: charts and Ant Design's widgets. The same as in styles.css.

export const FONT =
  'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif'
