// The page's entry: reads what this browser keeps, and draws the page.
import { render } from 'preact';
import { App } from './app.tsx';

render(<App />, document.getElementById('page')!);
