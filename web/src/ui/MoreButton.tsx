// The button below a list that fetches what comes after; nothing where there is no more.
import { Button } from './Button.tsx'

interface MoreButtonProps {
  text: string
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(): unknown }
}

export function MoreButton({ text, query }: MoreButtonProps) {
  if (!query.hasNextPage) return null
  return (
    <Button className="load-more" isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
      {text}
    </Button>
  )
}
