import { type Browser, chromium } from 'playwright-core';
import { chromiumPath } from '../../tools/browser.mjs';
import { effort } from '../effort.js';

export { chromiumPath };

/** The name of a suite, which says where it is left out for want of a browser. */
export const inChromium = (name: string): string =>
  chromiumPath ? `${name} in Chromium` : `${name} in Chromium (none found: set CHROMIUM_PATH)`;

/** What Chromium needs for WebGPU where there is no GPU: SwiftShader, which comes with it and computes on the CPU. */
const softwareGpu = [
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--use-webgpu-adapter=swiftshader',
  '--use-vulkan=swiftshader',
  '--ignore-gpu-blocklist',
];

/**
 * Starts Chromium without a window and without any traffic of its own.
 *
 * @param webgpu with WebGPU on a software adapter
 */
export function launchChromium({ webgpu = false } = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath!,
    args: [
      '--headless',
      '--no-sandbox',
      ...(webgpu ? softwareGpu : ['--disable-gpu']),
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // compiling WebAssembly a second time, to run faster, takes longer than what tests compute
      ...effort(['--js-flags=--liftoff-only'], []),
    ],
  });
}
