// The list below a field: offers in groups, one of them meant by the keys, some of them chosen.
import type { ReactNode } from 'react'
import type { Listbox } from './use-listbox.ts'
import './choices.css'

export interface Offer {
  value: string
  label: string
  /** Fainter, behind it: an id, how often. */
  hint?: string
}

export interface OfferGroup {
  /** null: needs no heading. */
  label: string | null
  offers: readonly Offer[]
}

interface OffersProps {
  listbox: Listbox
  label: string
  groups: readonly OfferGroup[]
  /** Values that are chosen; null: choosing one replaces what stands in the field. */
  chosen: readonly string[] | null
  /** Instead of offers, where there are none. */
  empty: string | null
  onPick(index: number): void
  /** Below the offers. */
  children?: ReactNode
}

/** The offers of all groups, in the order in which the keys walk them. */
export function allOffers(groups: readonly OfferGroup[]): Offer[] {
  return groups.flatMap(({ offers }) => offers)
}

export function Offers({ listbox, label, groups, chosen, empty, onPick, children }: OffersProps) {
  const filled = groups.filter(({ offers }) => offers.length > 0)
  let index = -1
  return (
    <div className="offers">
      <div
        ref={listbox.list}
        id={listbox.listId}
        role="listbox"
        aria-label={label}
        aria-multiselectable={chosen !== null}
        className="offers-list"
        tabIndex={-1}
        // The focus stays in the field.
        onMouseDown={(event) => event.preventDefault()}
      >
        {filled.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: groups of a listbox have no element of their own.
          <div key={group.label ?? ''} role="group" aria-label={group.label ?? label}>
            {group.label === null ? null : (
              <div className="offers-heading" aria-hidden="true">
                {group.label}
              </div>
            )}
            {group.offers.map((offer) => {
              index += 1
              const at = index
              return (
                <OfferLine
                  key={offer.value}
                  id={listbox.optionId(at)}
                  offer={offer}
                  isActive={listbox.active === at}
                  isChosen={chosen?.includes(offer.value) ?? false}
                  onPick={() => onPick(at)}
                />
              )
            })}
          </div>
        ))}
      </div>
      {filled.length === 0 && empty !== null ? (
        <p className="offers-note" role="status">
          {empty}
        </p>
      ) : null}
      {children}
    </div>
  )
}

interface OfferLineProps {
  id: string
  offer: Offer
  isActive: boolean
  isChosen: boolean
  onPick(): void
}

function OfferLine({ id, offer, isActive, isChosen, onPick }: OfferLineProps) {
  return (
    <button
      type="button"
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      className={isActive ? 'offer is-active' : 'offer'}
      onClick={onPick}
    >
      <span className="cut">{offer.label}</span>
      {offer.hint ? <span className="offer-hint tabular">{offer.hint}</span> : null}
      {isChosen ? (
        <svg className="offer-mark" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
          <path d="M2.5 7.5l3 3 6-7" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
        </svg>
      ) : null}
    </button>
  )
}
