// The page's head: its name, the way to the views, language and colours.
import { Icon, Mark } from '../parts/icon.tsx';
import { THEMES, type Theme } from '../session/kept.ts';
import { LANGUAGES, type Language, TEXTS, useWords } from '../text/words.ts';
import { VIEWS, type ViewName } from './views.ts';

interface HeaderProps {
  view: ViewName;
  language: Language;
  theme: Theme;
  onLanguage(language: Language): void;
  onTheme(theme: Theme): void;
}

export function Header({ view, language, theme, onLanguage, onTheme }: HeaderProps) {
  const words = useWords();
  return (
    <header class="head">
      <div class="head-in">
        <p class="name">
          <Mark />
          MIStore
        </p>
        <nav aria-label={words.say('nav.label')}>
          <ul>
            {VIEWS.map((name) => (
              <li key={name}>
                <a href={`#${name}`} aria-current={name === view ? 'page' : undefined}>
                  {words.say(`nav.${name}`)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="head-settings">
          <select
            aria-label={words.say('language')}
            value={language}
            onChange={(event) => onLanguage(event.currentTarget.value as Language)}
          >
            {LANGUAGES.map((one) => (
              <option key={one} value={one} lang={one}>
                {TEXTS[one]['language.own']}
              </option>
            ))}
          </select>
          <ThemeButton theme={theme} onTheme={onTheme} />
        </div>
      </div>
    </header>
  );
}

/** Goes through the three choices. */
function ThemeButton({ theme, onTheme }: Pick<HeaderProps, 'theme' | 'onTheme'>) {
  const words = useWords();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
  const label = words.say('theme', { now: words.say(`theme.${theme}`), next: words.say(`theme.${next}`) });
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={() => onTheme(next)}>
      <Icon name={theme} />
    </button>
  );
}
