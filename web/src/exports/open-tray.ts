// The tray of exports is the browser's own popover: it closes by Escape or a click elsewhere and gives the focus back.

export const TRAY_ID = 'export-tray'

/** Opens the tray of the page that is shown, if it is closed. */
export function openTray(): void {
  const tray = document.getElementById(TRAY_ID)
  if (tray && !tray.matches(':popover-open')) tray.showPopover()
}
