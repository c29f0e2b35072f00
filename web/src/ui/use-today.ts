// The day it is in the contact centre; changes at its midnight while the page stays open.
import { useEffect, useState } from 'react'
import { serverNow } from '../api/server-clock.ts'
import { dayAt, type KnownDay } from './time.ts'

export function useToday({ timeZone, today }: { timeZone: string; today: KnownDay }): string {
  const [day, setDay] = useState(() => dayAt(serverNow(), { timeZone, today }))
  useEffect(() => {
    const look = () => setDay(dayAt(serverNow(), { timeZone, today }))
    look()
    const timer = setInterval(look, 5_000)
    return () => clearInterval(timer)
  }, [timeZone, today])
  return day
}
