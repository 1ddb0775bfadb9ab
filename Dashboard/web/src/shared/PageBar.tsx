import type { ComponentChildren } from 'preact';
import { Logo } from './ui';

const PAGES = [['/', 'Map'], ['/scorecards', 'Scorecards'], ['/boxes', 'Boxes'], ['/health', 'Health']] as const;
const QUARANTINE = ['/quarantine', 'Quarantine'] as const;

/** The bar over every page but the map's: where one is and where one can go. Quarantine is reached from the health of the readings, and named while one is there. */
export function PageBar({ page, children }: { page: (typeof PAGES)[number][0] | typeof QUARANTINE[0]; children?: ComponentChildren }) {
  const pages = page === QUARANTINE[0] ? [...PAGES, QUARANTINE] : PAGES;
  return (
    <header class="page-bar">
      <a class="brand" href="/" aria-label="CleanStreets, start page"><Logo /><span class="brand-name">CleanStreets</span></a>
      <nav aria-label="Pages">{pages.map(([path, name]) => <a key={path} href={path} aria-current={path === page ? 'page' : undefined} ref={path === page ? intoView : undefined}>{name}</a>)}</nav>
      {children}
    </header>
  );
}

/** On a phone the names are wider than the bar, which is scrolled to the one that is open. */
function intoView(link: HTMLElement | null) {
  link?.scrollIntoView({ block: 'nearest', inline: 'end' });
}
