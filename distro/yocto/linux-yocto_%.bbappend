# Release fences on the dma-bufs that V4L2 drivers write. Copy patches/fixes and the
# series for this kernel into release-fences/, next to the .scc that names them.
FILESEXTRAPATHS:prepend := "${THISDIR}:"
SRC_URI:append = " file://release-fences;type=kmeta;destsuffix=release-fences"
KERNEL_FEATURES:append = " release-fences.scc"
