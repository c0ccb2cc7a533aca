"""The Chromium that measures, tries and photographs: where it is, and how it is started."""

import os
import shutil

PATH = os.environ.get("CONSO_CHROMIUM") or shutil.which("chromium")
_OFF = (
    # Playwright's own list, whose place this one takes.
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,"
    "ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch,"
    # The list under the address bar, which each new window would load as two pages of its own, of 400 files.
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup"
)
ARGUMENTS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
    f"--disable-features={_OFF}",
)
"""Without a graphics card: the processor draws what is WebGL as a card would (the map), and all else as itself."""
