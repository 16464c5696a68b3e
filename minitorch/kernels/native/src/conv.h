/* Convolution of planes: conv.inc, direct.inc, direct_weight.inc, winograd.inc, blocked.inc. */
#ifndef CONV_H
#define CONV_H

#include "share.h"

#define MOST_TAPS 256
/* Of what frames are made of (direct.inc): a frame may be longer than its places by so much. */
#define MOST_STRIDE 16
#define MOST_REACH 1024

/* x (N, groups c_in, height, width), weight (groups c_out, c_in, kernel_h, kernel_w)
 * -> (N, groups c_out, out_h, out_w). */
struct conv {
    int64_t c_in, height, width, c_out, kernel_h, kernel_w, out_h, out_w;
    int64_t stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w, groups;
};

/* The taps of (out, in) in a weight begin at weight + out * row + in * channel; `turned` reads them
 * backwards. */
struct taps {
    const float *weight;
    long out, in, row, channel;
    int turned;
};

/* What there is to compute from, and where it goes. */
struct conv_given {
    const struct conv *g;
    long images;
    int is_grad; /* of the output comes in, of x goes out */
    const float *from, *weight, *bias; /* the weight perhaps transformed; a bias or NULL */
    float *to;
    /* Of winograd.inc. */
    struct taps taps;
    int *is_spoiled; /* set to 1 where a result is not finite */
};

/* What the gradient of a weight is summed from, and where each part of the sums goes. */
struct conv_weight_given {
    const struct conv *g;
    long images;
    const float *grad, *x; /* of winograd_weight_grad their tiles, `images` of them */
    long group; /* images transformed at a time */
    int is_first; /* of the sums, which are added to otherwise */
    float *sums; /* (parts, weight) */
};

/* Panels and blocks are channels of the output and of the input, COLUMNS and LANES at a time. */
struct conv_kernels {
    /* Of struct conv_given; tiles: */
    tile_kernel *forward, *input_grad;               /* images, channels */
    tile_kernel *direct_forward, *direct_input_grad; /* images of a group, rows */
    tile_kernel *blocked_weights;                    /* panels */
    tile_kernel *blocked;                            /* images, panels */
    tile_kernel *winograd_weights;                   /* panels */
    tile_kernel *winograd_forward;                   /* images */
    tile_kernel *winograd_panels;                    /* images, panels */
    tile_kernel *winograd_tiles;                     /* images */
    /* Of struct conv_weight_given; tiles: */
    tile_kernel *weight_grad;          /* part of the sums, images, columns */
    tile_kernel *direct_weight_grad;   /* part of the sums, images, groups */
    tile_kernel *winograd_weight_grad; /* panels, blocks */
    tile_kernel *winograd_parts;       /* part of the sums, images */
};

#endif
