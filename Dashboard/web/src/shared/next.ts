/** The page to go to after logging in: a path of this very site, or null. Never another host, whatever the link says. */
export function safeNext(next: string | null, origin: string): string | null {
  if (!next?.startsWith('/')) return null;
  try {
    const url = new URL(next, origin);
    return url.origin === origin && !url.pathname.startsWith('/login') ? url.pathname + url.search + url.hash : null;
  } catch {
    return null;
  }
}
