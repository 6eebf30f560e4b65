// The page: its frame, and the four views under it. A view that has been opened stays as it was while another is shown.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Footer } from './frame/footer.tsx';
import { Header } from './frame/header.tsx';
import { applyTheme } from './frame/theme.ts';
import { currentView, VIEWS, type ViewName } from './frame/views.ts';
import { Failure } from './parts/notice.tsx';
import { type Kept, keep, readKept, type Theme } from './session/kept.ts';
import { SessionContext } from './session/session.ts';
import { useSessionState } from './session/use-session.ts';
import { type Language, preferred, Words, WordsContext } from './text/words.ts';
import { BillsView } from './views/bills/bills-view.tsx';
import { ConsentView } from './views/consent/consent-view.tsx';
import { LedgerView } from './views/ledger/ledger-view.tsx';
import { SumView } from './views/sum/sum-view.tsx';

const BODIES = { bills: BillsView, consent: ConsentView, sum: SumView, ledger: LedgerView } as const;

export function App() {
  const kept = useMemo(readKept, []);
  const [language, setLanguage] = useState<Language>(kept?.language ?? preferred(navigator.languages));
  const [theme, setTheme] = useState<Theme>(kept?.theme ?? 'auto');
  const [isKeeping, setKeeping] = useState(kept !== undefined);
  const words = useMemo(() => new Words(language), [language]);
  const { session, failed } = useSessionState(kept);
  const view = useView(words);

  useEffect(() => applyTheme(theme), [theme]);
  const { endpoint } = session.source;
  useEffect(() => {
    if (isKeeping)
      keep({ language, theme, ...(endpoint.trim() !== '' && { endpoint: endpoint.trim() }) } satisfies Kept);
    else keep(undefined);
  }, [isKeeping, language, theme, endpoint]);

  return (
    <WordsContext.Provider value={words}>
      <SessionContext.Provider value={session}>
        {/* biome-ignore lint/a11y/useValidAnchor: a link of the page, which must not change the address */}
        <a class="skip" href="#main" onClick={toMain}>
          {words.say('skip')}
        </a>
        <Header view={view.current} language={language} theme={theme} onLanguage={setLanguage} onTheme={setTheme} />
        <main id="main" tabIndex={-1}>
          {failed !== null && <Failure error={failed} />}
          {VIEWS.filter((name) => view.opened.has(name)).map((name) => {
            const Body = BODIES[name];
            return (
              <div key={name} hidden={name !== view.current}>
                <Body />
              </div>
            );
          })}
        </main>
        <Footer isKeeping={isKeeping} onKeeping={setKeeping} />
      </SessionContext.Provider>
    </WordsContext.Provider>
  );
}

/** The anchor of the skip link would change the view, which is in the address after the #. */
function toMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

/** The view that the address names, and all that have been opened. A change moves the focus to the view's heading. */
function useView(words: Words): { current: ViewName; opened: ReadonlySet<ViewName> } {
  const [current, setCurrent] = useState(currentView);
  const opened = useRef(new Set<ViewName>());
  opened.current.add(current);
  useEffect(() => {
    const changed = () => setCurrent(currentView());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) document.getElementById(`${current}-title`)?.focus();
    isFirst.current = false;
  }, [current]);
  useEffect(() => {
    document.title = `${words.say(`nav.${current}`)} – MIStore`;
    document.documentElement.lang = words.language;
  }, [current, words]);
  return { current, opened: opened.current };
}
