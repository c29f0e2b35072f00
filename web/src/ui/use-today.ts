// The day it is in the contact centre; changes at its midnight while the page stays open.
import { useEffect, useState } from 'react'
import { serverNow } from '../api/server-clock.ts'
import { dayIn } from './time.ts'

export function useToday(timeZone: string): string {
  const [day, setDay] = useState(() => dayIn(timeZone, serverNow()))
  useEffect(() => {
    const look = () => setDay(dayIn(timeZone, serverNow()))
    look()
    const timer = setInterval(look, 5_000)
    return () => clearInterval(timer)
  }, [timeZone])
  return day
}
