// The console's pages work without any of this; it keeps them live and quick to use.
import { tick } from './times.js';
import { afterwards, connect } from './live.js';
import { openTarget, prepare } from './controls.js';
import './finder.js';
import './keys.js';
import './several.js';

afterwards(() => { prepare(document); tick(); });
prepare(document);
tick();
setInterval(tick, 1000);
document.querySelector('.main-nav [aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
openTarget();
connect();
