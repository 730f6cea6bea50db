/** The page's entry, the same in a window of the app and in a browser. */
import { render } from 'preact';
import { connectToCore } from './connect.ts';
import { Failure, mountPage } from './frame/mount.tsx';
import { problemOf } from './problem.ts';
import './page.css';

const root = document.querySelector('#page') ?? document.body;
try {
  await mountPage(root, await connectToCore());
} catch (error) {
  render(<Failure title="Kubereel could not connect" problem={problemOf(error)} />, root);
}
