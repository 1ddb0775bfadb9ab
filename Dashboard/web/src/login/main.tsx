import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import '../shared/tokens.css';
import '../shared/ui.css';
import './login.css';
import { api, sentenceOf } from '../shared/api';
import type { DemoUser, Session } from '../shared/contract';
import { safeNext } from '../shared/next';
import { Logo } from '../shared/ui';

const ROLE_WORDS: Record<string, string> = {
  dispatcher: 'Map, orders, everything', crew: 'Orders on the phone', viewer: 'Looks, changes nothing', admin: 'Everything',
};

function Login() {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [demo, setDemo] = useState<readonly DemoUser[]>([]);
  useEffect(() => {
    // 404 outside the demo: then there is nothing to show.
    void api.demoUsers().then((answer) => setDemo(answer.users), () => setDemo([]));
  }, []);
  const enter = async (name: string, word: string) => {
    setBusy(true);
    setError(null);
    try {
      go(await api.login(name, word));
    } catch (failure) {
      setError(sentenceOf(failure));
      setBusy(false);
    }
  };
  return (
    <main class="login">
      <section class="login-card">
        <div class="brand login-brand"><Logo /><span class="brand-name">CleanStreets</span></div>
        <h1>How clean is every street, right now?</h1>
        <p class="muted">Log in to see the live map, or your work orders.</p>
        <form onSubmit={(event) => { event.preventDefault(); void enter(user, password); }}>
          <label>User<input name="user" autocomplete="username" required value={user} data-testid="login-user" onInput={(event) => setUser(event.currentTarget.value)} /></label>
          <label>Password<input name="password" type="password" autocomplete="current-password" required value={password} data-testid="login-password" onInput={(event) => setPassword(event.currentTarget.value)} /></label>
          {error && <p class="note note-bad" role="alert" data-testid="login-error">{error}</p>}
          <button type="submit" class="button button-primary" disabled={busy} data-testid="login-submit">{busy ? 'One moment…' : 'Log in'}</button>
        </form>
        {demo.length > 0 && (
          <div class="demo" data-testid="demo-users">
            <h2>Demo log-ins</h2>
            <p class="muted">This is a demonstration with a simulated fleet. Pick a role:</p>
            <div class="demo-grid">
              {demo.map((login) => (
                <button key={login.user} type="button" class="demo-user" disabled={busy} data-testid={`demo-${login.user}`} onClick={() => void enter(login.user, login.password)}>
                  <strong>{login.user}</strong><span>{ROLE_WORDS[login.role] ?? login.role}</span>
                </button>
              ))}
            </div>
          </div>
        )}
      </section>
    </main>
  );
}

function go(session: Session): void {
  const home = session.role === 'crew' ? '/crew' : '/';
  const next = safeNext(new URLSearchParams(location.search).get('next'), location.origin);
  location.assign(next && (session.role !== 'crew' || next.startsWith('/crew')) ? next : home);
}

render(<Login />, document.getElementById('app')!);
