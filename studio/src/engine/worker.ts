import { expose } from 'comlink';
import { createPageEngine } from './page-engine.js';

expose(createPageEngine());
